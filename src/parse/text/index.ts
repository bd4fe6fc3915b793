export { decodeAs, decodeBytes } from './decode.ts';
export { mayHaveFlags, textFlags } from './flags.ts';
export { mayNeedRepair, repairText } from './repair.ts';
