import type { MimeLimits, Part } from './part.ts';

/** Takes a message apart while it arrives. Feed octets in any pieces, then ask for the tree. Never throws. */
export class MessageScanner {
  constructor(_limits?: Partial<MimeLimits>) {}
  write(_chunk: Uint8Array): void {
    throw new Error('not built yet');
  }
  end(): Part {
    throw new Error('not built yet');
  }
}

/** The part tree of a whole message. */
export function scanMessage(_octets: Uint8Array, _limits?: Partial<MimeLimits>): Part {
  throw new Error('not built yet');
}
