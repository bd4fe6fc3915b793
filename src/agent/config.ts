import type { AgentConfig, AgentInput } from '../model/agent.ts';

/** A configuration that is not one; the message names the member. */
export class AgentConfigError extends Error {
  readonly code = 'agent-config';
}

const defaultSpoolBytesMax: number = 256 * 1024 * 1024;
const smallestSpoolBytes = 1024 * 1024;

/** Reads inputs and spool settings as people write them (docs/agent.md) or as the server sends them. Throws AgentConfigError. */
export function readAgentConfig(value: unknown): AgentConfig {
  const { inputs, spool_bytes_max, when_full, ...others } = object(value, 'the configuration');
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new AgentConfigError(`${unknown} is no setting`);
  if (!Array.isArray(inputs)) throw new AgentConfigError('inputs must be a list');
  const spoolBytesMax = spool_bytes_max ?? defaultSpoolBytesMax;
  if (typeof spoolBytesMax !== 'number' || !(spoolBytesMax >= smallestSpoolBytes))
    throw new AgentConfigError(`spool_bytes_max must be a number of at least ${smallestSpoolBytes}`);
  return {
    inputs: inputs.map((input, i) => readInput(input, `inputs[${i}]`)),
    spoolBytesMax,
    whenFull: oneOf(when_full ?? 'block', ['block', 'drop-oldest'], 'when_full'),
  };
}

function readInput(value: unknown, where: string): AgentInput {
  const { paths, exclude = [], source = '', parser = '', begin = 'end', ...others } = object(value, where);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new AgentConfigError(`${where}.${unknown} is no setting`);
  const read = texts(paths, `${where}.paths`);
  if (read.length === 0) throw new AgentConfigError(`${where}.paths names nothing`);
  return {
    paths: read,
    exclude: texts(exclude, `${where}.exclude`),
    source: text(source, `${where}.source`),
    parser: text(parser, `${where}.parser`),
    begin: oneOf(begin, ['start', 'end'], `${where}.begin`),
  };
}

export function object(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AgentConfigError(`${where} must be a map`);
  return value as Record<string, unknown>;
}

export function text(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new AgentConfigError(`${where} must be a text`);
  return value;
}

function texts(value: unknown, where: string): readonly string[] {
  const list = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(list)) throw new AgentConfigError(`${where} must be a list of texts`);
  return list.map((each, i) => text(each, `${where}[${i}]`));
}

function oneOf<T extends string>(value: unknown, known: readonly T[], where: string): T {
  const found = known.find((each) => each === value);
  if (found === undefined) throw new AgentConfigError(`${where} must be one of ${known.join(', ')}`);
  return found;
}
