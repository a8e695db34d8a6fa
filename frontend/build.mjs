// Builds the pages' scripts and styles into server/static/ (or the folder named as the first argument):
// files with a hash of their content in the name, so that they can be cached for a year, and manifest.json,
// which says which file carries which logical name (read by server/web/assets.py).
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, '..', 'server', 'static'));
const fresh = `${out}.new`;
const modules = join(here, 'node_modules');

const entries = {
  app: 'src/app.js',
  player: 'src/player/main.js',
  upload: 'src/upload/main.js',
  progress: 'src/progress/main.js',
  editor: 'src/editor/main.js',
  dictionary: 'src/dictionary/main.js',
  api_docs: 'src/api_docs.js',
};

// One page's styles stand apart: every other page would load them for nothing.
const styles = {
  style: 'src/style.css',
  editor: 'src/editor/editor.css',
};

// Copied as they are: drawings, and swagger-ui, whose bundle is already built.
const copies = {
  'icon.svg': join(here, 'src', 'icon.svg'),
  'swagger-ui.css': join(modules, 'swagger-ui-dist', 'swagger-ui.css'),
  'swagger-ui-bundle.js': join(modules, 'swagger-ui-dist', 'swagger-ui-bundle.js'),
};

async function bundle(manifest) {
  const result = await build({
    absWorkingDir: here,
    entryPoints: [...Object.entries(entries), ...Object.entries(styles)].map(([name, path]) => ({ in: path, out: name })),
    outdir: fresh,
    bundle: true,
    format: 'esm',
    splitting: true, // hls.js is loaded only where the browser cannot play HLS by itself
    minify: true,
    metafile: true,
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
    // WeChat's built-in browser on old phones; iOS 13 for its Safari.
    target: ['chrome86', 'safari13'],
    // Safari 13 destructures well; esbuild counts it out for a corner case that nobody here writes.
    supported: { destructuring: true },
    legalComments: 'none',
    logLevel: 'warning',
    logLimit: 10,
  });
  const names = new Map(Object.entries(entries).map(([name, source]) => [source, `${name}.js`]));
  for (const [name, source] of Object.entries(styles)) names.set(source, `${name}.css`);
  for (const [file, output] of Object.entries(result.metafile.outputs)) {
    const name = names.get(output.entryPoint); // chunks that are loaded later have no name
    if (name) manifest[name] = relative(fresh, join(here, file));
  }
}

async function copyHashed(manifest) {
  for (const [name, path] of Object.entries(copies)) {
    let content = await readFile(path);
    if (name === 'swagger-ui-bundle.js' || name === 'swagger-ui.css') {
      // The source maps are not served: a browser asking for one would only get an error.
      content = Buffer.from(content.toString('utf8').replace(/\n?\/[/*]# sourceMappingURL=.*$/m, ''));
    }
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 8);
    const file = `${basename(name, extname(name))}-${hash}${extname(name)}`;
    await writeFile(join(fresh, file), content);
    manifest[name] = file;
  }
}

// Built beside and swapped in at the end: a failed build leaves the old files.
await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });
const manifest = {};
await bundle(manifest);
await copyHashed(manifest);
// Licences of what is inside the bundles travel with them.
for (const name of ['hls.js', 'tus-js-client', 'swagger-ui-dist']) {
  const licence = (await readdir(join(modules, name))).find((file) => /^LICEN[CS]E/i.test(file));
  if (licence) await cp(join(modules, name, licence), join(fresh, `LICENSE-${name}.txt`));
}
await writeFile(join(fresh, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
await rm(out, { recursive: true, force: true });
await mkdir(dirname(out), { recursive: true });
await rename(fresh, out);
console.log(`${Object.keys(manifest).length} assets in ${relative(process.cwd(), out) || out}`);
