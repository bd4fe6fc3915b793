export { type Decoded, decodeAs, decodeBytes, type TextEncoding } from './decode.ts';
export { mayHaveFlags, type TextFlag, textFlags } from './flags.ts';
export { mayNeedRepair, repairText } from './repair.ts';
