// Shows what was typed into a password's field in place; without this, the server shows it.

for (const button of document.querySelectorAll("button[name=show], button[name=hide]")) {
  const secrets = [...button.form.querySelectorAll("[autocomplete$=-password]")];
  const words = button.textContent;
  button.setAttribute("aria-pressed", String(button.name === "hide"));
  button.addEventListener("click", event => {
    event.preventDefault();
    const isHidden = secrets[0].type === "password";
    for (const secret of secrets) secret.type = isHidden ? "text" : "password";
    button.setAttribute("aria-pressed", String(isHidden));
    button.textContent = words;
  });
}
