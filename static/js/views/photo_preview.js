/** A chosen picture is shown before the server has it, and what was there before comes back where it is refused. */

/**
 * @param {HTMLElement} avatar
 * @param {File} file
 * @param {() => Promise<unknown>} upload
 * @throws what `upload` throws
 */
export async function previewing(avatar, file, upload) {
  const before = [...avatar.childNodes];
  const image = document.createElement("img");
  image.alt = "";
  image.src = URL.createObjectURL(file);
  avatar.replaceChildren(image);
  try {
    await upload();
  } catch (error) {
    avatar.replaceChildren(...before);
    throw error;
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

/** The file that was chosen; the same one can be chosen again afterwards. @param {HTMLInputElement} input */
export function chosenFile(input) {
  const file = input.files?.[0] ?? null;
  input.value = "";
  return file;
}
