import { optionsOf } from './command.ts';
import type { CommandSpec } from './command.ts';

/** `posthorn config domain add DOMAIN [--reports-only]` */
export function usageOf(command: CommandSpec): string {
  const options = (command.options ?? [])
    .filter(({ name }) => name !== 'config')
    .map(
      ({ name, value, negatable }) => `[--${negatable ? '[no-]' : ''}${name}${value === undefined ? '' : ` ${value}`}]`,
    );
  return ['posthorn', ...command.path, ...(command.args ?? []), ...options].join(' ');
}

/** `--help` of one command. */
export function printHelp(command: CommandSpec): string {
  const options = optionsOf(command).map(({ name, value, negatable, help }) => [
    `--${negatable ? '[no-]' : ''}${name}${value === undefined ? '' : ` ${value}`}`,
    help,
  ]);
  const details = command.details === undefined ? '' : `\n${command.details}\n`;
  return `${command.summary}\n\nusage: ${usageOf(command)}\n${details}\n${alignColumns(options, '  ')}\n`;
}

/** The commands whose names start with these words. */
export function printCommandList(commands: readonly CommandSpec[], words: readonly string[]): string {
  const rows = commands
    .filter(({ path }) => words.every((word, n) => path[n] === word))
    .map((command) => [[...command.path, ...(command.args ?? [])].join(' '), command.summary]);
  return `${alignColumns(rows, '  ')}\n`;
}

/** Columns that start below each other; the last one may be as long as it likes. */
export function alignColumns(rows: readonly (readonly string[])[], indent = ''): string {
  const widths: number[] = [];
  for (const row of rows) row.slice(0, -1).forEach((cell, n) => (widths[n] = Math.max(widths[n] ?? 0, cell.length)));
  const pad = (cell: string, n: number): string => cell.padEnd((widths[n] ?? 0) + 2);
  return rows.map((row) => indent + row.map(pad).join('').trimEnd()).join('\n');
}
