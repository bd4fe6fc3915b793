import { loadMappings } from '../../src/compose/mappings.ts';
import { createLineReader, type ReadLine } from '../../src/ingest/read-line.ts';

/** Lines read by the shipped mappings. */
export const readLine: ReadLine = createLineReader(await loadMappings()).readLine;
