import { compileRules } from '../sigma/index.ts';
import { imageStoreOf, packedImagesIn } from './packed-images.ts';
import { loadRuleDirs, RulesUnreadable } from './rule-files.ts';
import { packRules, unpackEngineRules } from './rule-pack.ts';
import type { RuleReply, RuleTask } from './rule-work.ts';
import { answerTask } from './thread-task.ts';

/** A thread that reads rules and compiles them, so that the event loop goes on meanwhile. */
await answerTask<RuleTask, RuleReply>(async ({ from, tags, unknownDimension }) => {
  try {
    const packed = 'packed' in from ? from.packed : packRules(await loadRuleDirs(from.dirs, from.options));
    const images = new Map<string, Uint8Array>();
    compileRules(unpackEngineRules(packed), {
      unknownDimension,
      images: imageStoreOf(packedImagesIn(images)),
    }).prepare(tags);
    return { kind: 'ready', packed, images };
  } catch (error) {
    if (!(error instanceof RulesUnreadable)) throw error;
    return { kind: 'unreadable', reason: error.message };
  }
});
