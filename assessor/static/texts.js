// How a text is read: the same rules as the server's (assessor/language/texts.py); one set of examples is put to both.

// Spaces and line ends of every kind. What shows no gap, like U+200B and U+FEFF, makes no two words.
const GAPS = /[\p{Z}\t-\r\x1c-\x1f\x85]+/u;
const LETTER = /(?![\u115f\u1160\u3164\uffa0])[\p{L}\p{N}]/u;
const NUMBER = /^[+-]?(?:[0-9]{1,6}(?:[.,][0-9]{0,6})?|[.,][0-9]{1,6})(?:[eE][+-]?0?[0-9])?$/;

// How many words: what stands between spaces and holds a letter or a digit to see.
export function wordCount(text) {
  return text.split(GAPS).filter((word) => LETTER.test(word)).length;
}

// The whole number that the text says, as 60, 60.0, 60,0 or 6e1 say it; null where it says none.
export function wholeNumber(text) {
  const written = text.split(GAPS).filter(Boolean).join(" ").replace("\u2212", "-");
  if (!NUMBER.test(written)) return null;
  const value = Number(written.replace(",", "."));
  return Number.isInteger(value) ? value + 0 : null;
}

// The number if it is one of least, least + step ... most; null for any other.
export function numberInSteps(text, least, most, step) {
  const number = wholeNumber(text);
  const isTaken = number !== null && number >= least && number <= most && (number - least) % step === 0;
  return isTaken ? number : null;
}
