import type { AliasFacts } from '../../../directory/facts.ts';
import type { CommandInput } from '../command.ts';
import { UsageError } from '../command.ts';
import { alignColumns } from '../print-help.ts';
import { withAdministration } from '../with-administration.ts';

/** Only those that were given. */
function flagsOf(input: CommandInput): { postPublic?: boolean; listMembers?: boolean; allowMsgFrom?: boolean } {
  const postPublic = input.flag('post-public');
  const listMembers = input.flag('list-members');
  const allowMsgFrom = input.flag('allow-msg-from');
  return {
    ...(postPublic === undefined ? {} : { postPublic }),
    ...(listMembers === undefined ? {} : { listMembers }),
    ...(allowMsgFrom === undefined ? {} : { allowMsgFrom }),
  };
}

export async function aliasAdd(input: CommandInput): Promise<void> {
  const [alias = '', ...members] = input.args;
  await withAdministration(input, (each) => each.edit({ do: 'alias-add', alias, members, ...flagsOf(input) }));
}

export async function aliasSet(input: CommandInput): Promise<void> {
  const flags = flagsOf(input);
  if (Object.keys(flags).length === 0) throw new UsageError('nothing to set; see "posthorn config alias set --help"');
  await withAdministration(input, (each) => each.edit({ do: 'alias-set', alias: input.args[0] ?? '', ...flags }));
}

export async function aliasAddMember(input: CommandInput): Promise<void> {
  const [alias = '', ...members] = input.args;
  await withAdministration(input, (each) => each.edit({ do: 'alias-add-member', alias, members }));
}

export async function aliasRemoveMember(input: CommandInput): Promise<void> {
  const [alias = '', ...members] = input.args;
  await withAdministration(input, (each) => each.edit({ do: 'alias-remove-member', alias, members }));
}

export async function aliasRemove(input: CommandInput): Promise<void> {
  await withAdministration(input, (each) => each.edit({ do: 'alias-remove', alias: input.args[0] ?? '' }));
}

export async function aliasList(input: CommandInput): Promise<void> {
  const facts = (await withAdministration(input, (each) => each.query({ ask: 'aliases' }))) as readonly AliasFacts[];
  input.print(facts, () => alignColumns(facts.map(({ alias, members }) => [alias, members.join(', ')])));
}

export async function aliasShow(input: CommandInput): Promise<void> {
  const name = input.args[0] ?? '';
  const facts = (await withAdministration(input, (each) => each.query({ ask: 'alias', name }))) as AliasFacts;
  input.print(facts, () =>
    alignColumns([
      ['alias', facts.alias],
      ['post-public', String(facts.postPublic)],
      ['list-members', String(facts.listMembers)],
      ['allow-msg-from', String(facts.allowMsgFrom)],
      ...facts.members.map((member) => ['member', member]),
    ]),
  );
}
