/** Where bin/posthorn enters. */
import type { CommandIo } from './cli/command.ts';
import { main } from './cli/main.ts';
import { Refusal } from './refusal.ts';
import { writeOut } from './standard-output.ts';

const io: CommandIo = {
  out: writeOut,
  err: (text) => void process.stderr.write(text),
  async readInput(limit) {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of process.stdin) {
      const octets = Buffer.from(chunk as Uint8Array);
      bytes += octets.length;
      if (bytes > limit) throw new Refusal(`standard input is longer than ${limit} octets`);
      chunks.push(octets);
    }
    return Buffer.concat(chunks);
  },
};

// No `await` here: what is built is CommonJS, which starts sooner and has none.
void main(process.argv.slice(2), io).then((status) => {
  process.exitCode = status;
});
