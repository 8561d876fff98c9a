/** Where bin/posthorn enters. */
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// Halves the time to start. In a folder of the user's: others could put code into one that is shared.
const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
enableCompileCache(join(cache, 'posthorn'));

const { main } = await import('./cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
