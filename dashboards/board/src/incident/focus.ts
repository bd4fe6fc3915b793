/** Puts the cursor into one of the page's forms, by the id of its first field; `steps` means the next step's button. */
export function focusOn(id: string): boolean {
  const element =
    id === 'steps' ? document.querySelector<HTMLElement>('#steps [data-next]') : document.getElementById(id);
  if (element === null) return false;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: 'center' });
  return true;
}
