/** Sources write one machine in two ways, `QLVB-APP01` and `QLVB-APP01.lamgiang.example.vn`; people count machines. */

/** Without the short names whose full name is in the list, too; compared without case, order kept. */
export function machines(hosts: readonly string[]): readonly string[] {
  const full = hosts.map((host) => host.toLowerCase());
  return hosts.filter((_, i) => {
    const short = full[i] ?? '';
    return full.indexOf(short) === i && !full.some((other) => other.startsWith(`${short}.`));
  });
}
