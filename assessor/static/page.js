// What every page needs of script: whatever asks for attention has it, so that it is read out and in sight.

document.querySelector("[data-focus]")?.focus();
