/** Put `parts` into `place` instead of what is there: replaceChildren, which Safari has since 14 only. */
export function fill(place, ...parts) {
  place.textContent = '';
  place.append(...parts);
}
