// The pages of the app, with Bowline's button: ../../../docs/button.md describes it.
const { BOWLINE_URL } = process.env;

const SCRIPT = `<script src="${BOWLINE_URL}/button/v1.24c5bf26da62990a.js"
  integrity="sha384-zooBkBMx/xjNfkvZsFupfabqSIhtGMflBcRJmWx2/oqRgkSUnFJav6Zo/xqBUE41" crossorigin defer></script>`;

const SIGN_IN = `<form method="post" action="/sign-in"><label>Name <input id="user" name="user" value="ada" required></label>
<button id="sign-in">Sign in</button></form>`;

// It opens a window for Bowline and Dropbox. Without script, the form goes there itself.
const BUTTON = `<bowline-link mode="popup" next="/">
<form method="post" action="/link"><button id="link-dropbox">Link your Dropbox</button></form>
</bowline-link>`;

const WORDS = {
  "": "",
  linked: "Your Dropbox is linked.",
  not_found: "You have not linked a Dropbox yet.",
  needs_reauth: "Your Dropbox is not connected any more. Please link it again.",
  account_revoked: "Your Dropbox is not connected any more. Please link it again.",
  access_denied: "You declined, and that is fine. Nothing was linked.",
  not_started_here: "This link was not started here, so nothing was linked.",
};

const escaped = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const html = (body) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Prints</title>
${body}
${SCRIPT}
</html>`;

const said = (code) => `<p id="message">${WORDS[code] ?? "Your Dropbox was not linked. Please try again."}</p>`;

// The page with the button and the names of the user's files.
export function home({ user }, code, names = []) {
  const top = user === undefined ? SIGN_IN : `<p>${escaped(user)}</p>\n${BUTTON}`;
  return html(`${top}\n${said(code)}\n<ul id="files">${names.map((name) => `<li>${escaped(name)}</li>`).join("")}</ul>`);
}

// The page to which the user comes back. In the window that the button has opened, it tells the other page and closes.
export function returned({ linked, reason }) {
  const denied = reason === "access_denied";
  const report = linked ? `"linked" next="/"` : denied ? `"denied"` : `"failed" reason="${escaped(reason)}"`;
  return html(`<bowline-link report=${report}>
${said(linked ? "linked" : reason)}
<p><a href="/">Back</a></p>
</bowline-link>`);
}
