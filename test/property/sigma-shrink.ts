/**
 * Delta debugging: takes pieces out of a text, big ones first, for as long as it still fails. What a piece leaves behind
 * may be nonsense; then `fails` says false and the piece stays.
 */
export async function shrinkText(
  text: string,
  fails: (shorter: string) => boolean | Promise<boolean>,
  triesMax: number,
): Promise<string> {
  let best = text;
  let tries = 0;
  for (let size = Math.ceil(best.length / 2); size >= 1; size = Math.floor(size / 2)) {
    let cut = true;
    while (cut && tries < triesMax) {
      cut = false;
      for (let at = 0; at < best.length && tries < triesMax; ) {
        const shorter = best.slice(0, at) + best.slice(at + size);
        tries++;
        if (await fails(shorter)) {
          best = shorter;
          cut = true;
        } else at += size;
      }
    }
  }
  return best;
}
