#!/usr/bin/env node
// Half of what checking one file costs is compiling the program: what Node compiled is kept, in a folder of one's own.
import { createRequire, enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const { env, platform } = process;
const home = homedir();
const caches =
  env['XDG_CACHE_HOME'] ??
  (platform === 'win32'
    ? (env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'))
    : join(home, platform === 'darwin' ? 'Library/Caches' : '.cache'));
// Node before 22 cannot; where nothing can be written it goes on without.
if (isAbsolute(caches)) enableCompileCache?.(join(caches, 'tallyman', 'compiled'));
createRequire(__filename)('./program.js');
