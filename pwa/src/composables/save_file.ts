/** The address of a file that is saved lives this long: the browser has begun to read it by then. */
const ADDRESS_FOR_MS = 60_000;

/** Has the browser save `file` under `name`, as if the person had followed a link to it. */
export function saveFile(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), ADDRESS_FOR_MS);
}
