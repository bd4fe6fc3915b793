// Builds dist/agent-folder: the agent as one folder to copy to a machine that has nothing but Node. Also by npm run build.
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Bundles the agent and puts its unit, example settings and instructions beside it. */
export async function buildAgentFolder(root, out) {
  const { build } = await import('vite');
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    define: { __AGENT_VERSION__: JSON.stringify(version) },
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: path.join(root, 'src/cli/ship-alone.ts'),
      outDir: out,
      emptyOutDir: false,
      target: 'node20',
      minify: true,
      rollupOptions: { output: { entryFileNames: 'vonggac-agent.mjs', codeSplitting: false } },
    },
  });
  cpSync(path.join(root, 'scripts/agent'), out, { recursive: true });
  cpSync(path.join(root, 'LICENSE'), path.join(out, 'LICENSE'));
  chmodSync(path.join(out, 'vonggac-agent'), 0o755);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
  await buildAgentFolder(root, path.resolve(process.argv[2] ?? path.join(root, 'dist/agent-folder')));
}
