import type { Command } from './command.ts';

/** The commands on messages: FETCH, SEARCH, STORE, COPY, MOVE, EXPUNGE, their UID forms, and APPEND. */
export const messageCommands: readonly Command[] = [];
