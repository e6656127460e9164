/** The first visit: the chosen photo is shown before it is sent. */

const photo = /** @type {HTMLInputElement} */ (document.getElementById("photo"));
const preview = document.querySelector('[data-part="preview"] .avatar');

photo.addEventListener("change", () => {
  const file = photo.files?.[0];
  if (!file || !preview) return;
  const image = document.createElement("img");
  image.alt = "";
  image.src = URL.createObjectURL(file);
  image.addEventListener("load", () => URL.revokeObjectURL(image.src));
  preview.replaceChildren(image);
});
