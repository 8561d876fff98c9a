/** The size budget: files aim at 60 to 200 lines. Above 600 the linter fails; between, we are told. */
import { join } from 'node:path';
import { readSources } from './layers.ts';

const warnLines = 400;

/** One line for each source file that has grown beyond what one sitting reads. Tests are lists, so they may be long. */
export function findLargeFiles(root: string): string[] {
  return [...readSources(join(root, 'src'))]
    .filter(([path]) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map(([path, text]) => [path, text.split('\n').length] as const)
    .filter(([, lines]) => lines > warnLines)
    .map(([path, lines]) => `src/${path} has ${lines} lines; ${warnLines} is where to think of two files`);
}
