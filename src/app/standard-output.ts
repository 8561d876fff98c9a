let listened = false;

/** Writes to standard output, which is opened at the first use. A reader that has seen enough, such as `head`, is no failure. */
export function writeOut(text: string): void {
  if (!listened) process.stdout.on('error', () => process.exit(0));
  listened = true;
  process.stdout.write(text);
}
