import type { BodyFormat } from './format.ts';
import { readSentence, type Sentence, sentence } from './words.ts';

/** shadow-utils: who was added, changed, removed (useradd.c, usermod.c, userdel.c, groupadd.c, passwd.c …). */
const sentences: readonly Sentence[] = [
  sentence(
    'new user: ',
    /^new user: name=(?<user>[^,]*), UID=(?<user_id>\d+), GID=(?<group_id>\d+), home=(?<home>[^,]*), shell=(?<shell>[^,]*)/,
    'user_added',
    'success',
  ),
  sentence('new group: ', /^new group: name=(?<group>[^,]*), GID=(?<group_id>\d+)/, 'group_added', 'success'),
  sentence(
    'group added to ',
    /^group added to \S+: name=(?<group>[^,]*)(?:, GID=(?<group_id>\d+))?/,
    'group_added',
    'success',
  ),
  sentence("add '", /^add '(?<user>[^']*)' to (?:shadow )?group '(?<group>[^']*)'/, 'group_member_added', 'success'),
  sentence(
    "delete '",
    /^delete '(?<user>[^']*)' from (?:shadow )?group '(?<group>[^']*)'/,
    'group_member_removed',
    'success',
  ),
  sentence("delete user '", /^delete user '(?<user>[^']*)'/, 'user_removed', 'success'),
  sentence("removed group '", /^removed (?:shadow )?group '(?<group>[^']*)'/, 'group_removed', 'success'),
  sentence("group '", /^group '(?<group>[^']*)' removed/, 'group_removed', 'success'),
  sentence("change user '", /^change user '(?<user>[^']*)' (?<what>\S+)/, 'user_changed', 'success'),
  sentence("lock user '", /^lock user '(?<user>[^']*)'/, 'user_locked', 'success'),
  sentence("unlock user '", /^unlock user '(?<user>[^']*)'/, 'user_unlocked', 'success'),
  sentence('changed password expiry', /^changed password expiry for (?<user>\S+)/, 'user_changed', 'success'),
  sentence(
    'password for ',
    /^password for '?(?<user>[^' ]+)'? changed by '?(?<by>[^' ]+)'?/,
    'password_changed',
    'success',
  ),
  sentence('failed adding user', /^failed adding user '(?<user>[^']*)'/, 'user_added', 'failure'),
];

const programs = [
  ...['useradd', 'userdel', 'usermod', 'groupadd', 'groupdel', 'groupmod', 'gpasswd', 'passwd', 'chpasswd', 'chage'],
  ...['newusers', 'adduser', 'chsh', 'chfn'],
];

export const accountsBody: BodyFormat = {
  id: 'accounts',
  programs,
  looksLike: null,
  words: (body) => readSentence(sentences, body),
};
