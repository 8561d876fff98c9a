/** Where bin/posthorn enters. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { main } = await import('./cli/main.ts');
const status = await main(process.argv.slice(2));
process.exitCode = status;
