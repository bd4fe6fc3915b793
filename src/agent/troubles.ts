/** What is wrong now. */
export interface Troubles {
  /** '' when it is over. */
  set(name: string, what: string): void;
  /** Whether work on the disk succeeded; if not, what the disk says is told, and the work is to be tried again. */
  onDisk(name: string, work: () => void): boolean;
  now(): readonly string[];
}

const full: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Tells each trouble when it begins and when it is over, and not in between. */
export function createTroubles(tell: (what: string) => void): Troubles {
  const open = new Map<string, string>();

  function set(name: string, what: string): void {
    const before = open.get(name);
    if (what !== '') open.set(name, what);
    else open.delete(name);
    if (before === undefined && what !== '') tell(what);
    if (before !== undefined && what === '') tell(`over: ${before}`);
  }

  return {
    set,
    onDisk(name, work) {
      try {
        work();
        set(name, '');
        return true;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error)) throw error;
        set(name, `${full.has(error.code) ? 'the disk is full, reading waits' : 'the disk fails'}: ${error.message}`);
        return false;
      }
    },
    now: () => [...open.values()],
  };
}
