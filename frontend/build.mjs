// Builds the pages' scripts and styles into server/static/ (or the folder named as the first argument):
// files with a hash of their content in the name, so that they can be cached for a year, and manifest.json,
// which says which file carries which logical name, and which chunks a script begins with (server/web/files/assets.py).
import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, '..', 'server', 'static'));
const fresh = `${out}.new`;
const modules = join(here, 'node_modules');

// What every page loads. The styles in the order of the cascade: the shared ones from the general to the particular,
// then each noun's own (src/<noun>/style.css), which are found, so that a new noun is on no list.
const everyPage = {
  'app.js': 'src/app.js',
  'style.css': 'styles:every page',
};
const sharedStyles = ['colours', 'elements', 'frame', 'forms', 'parts', 'cards', 'lists', 'weeks', 'sheets'];

// Copied as they are: drawings, and swagger-ui, whose bundle is already built.
const copies = {
  'icon.svg': join(here, 'src', 'shared', 'icon.svg'),
  'bell.svg': join(here, 'src', 'shared', 'bell.svg'),
  'swagger-ui.css': join(modules, 'swagger-ui-dist', 'swagger-ui.css'),
  'swagger-ui-bundle.js': join(modules, 'swagger-ui-dist', 'swagger-ui-bundle.js'),
};

/** All files under src, sorted, as paths from there with slashes. */
async function sources() {
  return (await readdir(join(here, 'src'), { recursive: true })).map((file) => file.replaceAll('\\', '/')).sort();
}

/** The styles that make up style.css, in their order. Throws when a shared one has no place in the order. */
async function stylesInOrder() {
  const files = await sources();
  const shared = sharedStyles.map((name) => `shared/${name}.css`);
  const unplaced = files.filter((file) => /^shared\/.*\.css$/.test(file) && !shared.includes(file));
  if (unplaced.length) throw new Error(`${unplaced} must be named in sharedStyles: where in the cascade does it stand?`);
  return [...shared, ...files.filter((file) => /^[^/]+\/style\.css$/.test(file))];
}

/** esbuild's plug-in for style.css: a file that is nothing but those styles, one after the other. */
const everyStyle = {
  name: 'every style',
  setup(bundler) {
    bundler.onResolve({ filter: /^styles:/ }, ({ path }) => ({ path: path.slice('styles:'.length), namespace: 'styles' }));
    bundler.onLoad({ filter: /./, namespace: 'styles' }, async () => ({
      contents: (await stylesInOrder()).map((file) => `@import "./${file}";`).join('\n'),
      loader: 'css',
      resolveDir: join(here, 'src'),
    }));
  },
};

/** What only some page loads: a folder's main.js and main.css, called after the folder. Throws when two would be. */
async function entriesOfPages() {
  const entries = {};
  for (const file of await sources()) {
    const [, folder, kind] = /([^/]+)\/main\.(js|css)$/.exec(file) ?? [];
    if (!folder) continue;
    const name = `${folder}.${kind}`;
    if (name in entries || name in everyPage) throw new Error(`two things would be called ${name}: src/${file} is one`);
    entries[name] = `src/${file}`;
  }
  return entries;
}

async function bundle(manifest) {
  const entries = { ...everyPage, ...await entriesOfPages() };
  const result = await build({
    absWorkingDir: here,
    entryPoints: Object.entries(entries).map(([name, path]) => ({ in: path, out: basename(name, extname(name)) })),
    plugins: [everyStyle],
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
  const names = new Map(Object.entries(entries).map(([name, source]) => [source, name]));
  for (const [file, output] of Object.entries(result.metafile.outputs)) {
    const name = names.get(output.entryPoint); // chunks that are loaded later have no name
    if (!name) continue;
    manifest[name] = relative(fresh, join(here, file));
    const parts = importedBy(file, result.metafile.outputs);
    if (parts.length) manifest.imports[name] = parts.map((part) => relative(fresh, join(here, part)));
  }
}

/** The chunks without which a script cannot begin: a page names them, or they are asked for one after the other. */
function importedBy(file, outputs, found = new Set()) {
  for (const { path, kind } of outputs[file].imports) {
    if (kind !== 'import-statement' || found.has(path) || !(path in outputs)) continue;
    found.add(path);
    importedBy(path, outputs, found);
  }
  return [...found].sort();
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

/** A .br and a .gz beside each file that gets smaller: served as they are to whoever takes them, packed only once. */
async function compressAll() {
  for (const file of await readdir(fresh)) {
    if (!/-[0-9A-Za-z]+\.(js|css|svg)$/.test(file)) continue;
    const content = await readFile(join(fresh, file));
    const forms = {
      br: brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
      gz: gzipSync(content, { level: 9 }),
    };
    for (const [ending, packed] of Object.entries(forms)) {
      if (packed.length < content.length) await writeFile(join(fresh, `${file}.${ending}`), packed);
    }
  }
}

// Built beside and swapped in at the end: a failed build leaves the old files.
await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });
const manifest = { imports: {} };
await bundle(manifest);
await copyHashed(manifest);
await compressAll();
// Licences of what is inside the bundles travel with them.
for (const name of ['hls.js', 'tus-js-client', 'swagger-ui-dist']) {
  const licence = (await readdir(join(modules, name))).find((file) => /^LICEN[CS]E/i.test(file));
  if (licence) await cp(join(modules, name, licence), join(fresh, `LICENSE-${name}.txt`));
}
await writeFile(join(fresh, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
await rm(out, { recursive: true, force: true });
await mkdir(dirname(out), { recursive: true });
await rename(fresh, out);
console.log(`${Object.keys(manifest).length - 1} assets in ${relative(process.cwd(), out) || out}`);
