/** True on a device worked by touch alone, where the keyboard is on the screen. */
export function isTouchDevice(): boolean {
  return window.matchMedia("(hover: none) and (pointer: coarse)").matches;
}
