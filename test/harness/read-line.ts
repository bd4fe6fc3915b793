import { loadMappings } from '../../src/compose/mappings.ts';
import { createLineReader, type ReadLine } from '../../src/ingest/read-line.ts';
import type { Mappings } from '../../src/model/mapping.ts';

/** The mappings the package brings. */
export const mappings: Mappings = await loadMappings();

/** Lines read by them. */
export const readLine: ReadLine = createLineReader(mappings).readLine;
