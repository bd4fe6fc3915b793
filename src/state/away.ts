/** Redis did not answer in time. Nothing is lost by it: what was asked for can be asked again. */
class StateAway extends Error {
  readonly code = 'state-away';
  constructor(cause: unknown) {
    super('Redis does not answer', { cause });
    this.name = 'StateAway';
  }
}

/** Runs a command and tells "Redis is away" (StateAway) from an error Redis itself answered with, which is a bug of ours. */
export async function answered<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') throw error;
    throw new StateAway(error);
  }
}
