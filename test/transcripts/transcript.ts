/**
 * Transcripts are golden files: `C:` what the client sends, `S:` what it gets, `!` what else happens, `#` why. `C2:` and
 * `S2:` are a second connection. Octets that are no printable UTF-8 are written `<0d>`, many of one kind `<41*5000>`.
 */
export type Step =
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'client'; readonly connection: string; readonly text: string; readonly octets: string }
  | { readonly kind: 'event'; readonly words: readonly string[]; readonly text: string };

/** The steps of a transcript; what the server said is left out, it is made anew. */
export function parseTranscript(text: string): Step[] {
  const steps: Step[] = [];
  for (const line of text.split('\n')) {
    if (/^S\d?:/.test(line)) continue;
    const client = /^C(\d?): ?(.*)$/.exec(line);
    if (client !== null) {
      const text = client[2] ?? '';
      steps.push({ kind: 'client', connection: client[1] ?? '', text, octets: `${unescape(text)}\r\n` });
    } else if (line.startsWith('!')) {
      const event = line.slice(1).trim();
      steps.push({ kind: 'event', words: event.split(' '), text: event });
    } else {
      steps.push({ kind: 'comment', text: line });
    }
  }
  while (steps.at(-1)?.kind === 'comment' && (steps.at(-1) as { text: string }).text === '') steps.pop();
  return steps;
}

/** A step as it stands in the file. */
export function printStep(step: Step): string {
  switch (step.kind) {
    case 'comment':
      return `${step.text}\n`;
    case 'client':
      return `C${step.connection}: ${step.text}\n`;
    case 'event':
      return `! ${step.text}\n`;
    default:
      return step satisfies never;
  }
}

/** What the server said, line by line. */
export function printSaid(connection: string, octets: string): string {
  if (octets === '') return '';
  const lines = octets.endsWith('\r\n') ? octets.slice(0, -2).split('\r\n') : octets.split('\r\n');
  return lines.map((line) => `S${connection}: ${escape(line)}\n`).join('');
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function escape(octets: string): string {
  let text: string;
  try {
    text = strict.decode(Buffer.from(octets, 'latin1'));
  } catch {
    text = octets.replaceAll(/[\x80-\xff]/g, hex);
  }
  return text.replaceAll(/[\x00-\x1f\x7f]/g, hex);
}

function hex(char: string): string {
  return `<${char.charCodeAt(0).toString(16).padStart(2, '0')}>`;
}

function unescape(text: string): string {
  const octets = Buffer.from(text, 'utf8').toString('latin1');
  return octets.replaceAll(/<([0-9a-f]{2})(?:\*(\d+))?>/g, (_all, code: string, times = '1') =>
    String.fromCharCode(parseInt(code, 16)).repeat(Number(times)),
  );
}
