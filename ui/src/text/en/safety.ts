// The page about safety, the banner, and the passkeys’ whereabouts.
import { number, plural } from './words'

/** What the one sentence about backups is made of. */
export interface BackupState {
  /** All passkeys. */
  all: number
  /** Those that are only on this device. */
  onlyHere: number
  /** How long ago the last backup was, in words. */
  backup: string | null
  /** When the last drill passed, in words. */
  drill: string | null
}

const onlyHere = (count: number) =>
  plural(count, {
    zero: 'no passkey is only here',
    one: '# passkey is only here',
    other: '# passkeys are only here',
  })

export const safety = {
  safety: {
    title: 'Safety',
    lead: 'Whether your passkeys outlive this device, and what to do so that they do.',
    reading: 'Looking at your backups…',
    sentence: ({ all, onlyHere: alone, backup, drill }: BackupState): string => {
      if (all === 0 && !backup) return 'There is nothing to lose yet: this device holds no passkey.'
      if (!backup) return `Nothing is backed up: ${onlyHere(alone)}.`
      if (!drill) return `Backed up ${backup}, but nobody has tried the backup out; ${onlyHere(alone)}.`
      return `Backed up ${backup}; drill passed ${drill}; ${onlyHere(alone)}.`
    },
    rating: { good: 'Safe', warn: 'Not safe yet', bad: 'Not safe' },
    loss: 'What happens if I lose this device?',
    banner: {
      title: 'Your passkeys are not safe yet',
      set_up: 'If this device is lost now, they are gone. Set up recovery: it takes five minutes and a sheet of paper.',
      back_up: 'Recovery is set up, and there is no backup. Write one now.',
      drill: 'There is a backup that nobody has tried out. Try it now: that changes nothing.',
      action: { set_up: 'Set up recovery', back_up: 'Back up now', drill: 'Try the backup out' },
    },
    where: {
      title: 'Where your passkeys are',
      lead: 'Each passkey counts once, in the safest of its places.',
      picture: 'One square for each passkey, coloured by the safest place that it is in. The table below says the same.',
      pictureOfParts: 'A hundred squares for all passkeys, coloured by the safest place that they are in. The table below says the same.',
      place: 'Safest place',
      passkeys: 'Passkeys',
      places: {
        drilled_backup: 'In a backup that was tried out',
        elsewhere: 'On another device or in another program',
        backup: 'In a backup that nobody has tried out',
        only_here: 'Only on this device',
      },
      each: 'Which passkey is where',
      all: 'all places',
      filter: 'Show',
      list: 'Passkeys and their places',
      none: 'No passkey is in this place.',
      unknownSite: 'Unknown site',
      noName: '(no name)',
    },
    recovery: {
      title: 'Recovery',
      notSetUp:
        'Recovery is 24 words on paper and a file. With both you get all passkeys back, on any device, without an account anywhere.',
      setUp: 'Set up recovery',
      since: 'Words set up',
      key: 'Their public key',
      folder: 'Backups go to',
      places: {
        this_disk: 'This folder is on the same disk as the passkeys: if the device is lost, so are the backups. Choose a stick or another machine.',
        elsewhere: 'This folder is on another disk or machine: good.',
        missing: 'This folder is not there now. If it is on a stick, plug it in.',
      },
      files: 'Backups there',
      filesOf: (files: number, keep: number) => `${number(files)}, the last ${number(keep)} are kept`,
      lastBackup: 'Last backup',
      lastDrill: 'Last drill',
      never: 'never',
      deed: (when: string, passkeys: number) =>
        plural(passkeys, { one: `${when}, # passkey`, other: `${when}, # passkeys` }),
      schedule: 'Back up without being asked',
      schedules: { never: 'never', daily: 'every day', weekly: 'every week' },
    },
    doing: {
      title: 'What you can do',
      backUp: 'Back up now',
      backUpHint: 'Writes a file that only your words open',
      drill: 'Try a backup out',
      drillHint: 'Opens it and lets every key sign; changes nothing',
      restore: 'Restore from a backup',
      restoreHint: 'Adds passkeys; takes none away',
      import: 'Import from another program',
      importHint: 'CXF, Bitwarden, KeePassXC',
      export: 'Export for another program',
      exportHint: 'As a file that it can read',
      copy: 'Copy under a passphrase',
      copyHint: 'A second way in, without the words',
      split: 'Split the words',
      splitHint: 'Into shares for people whom you trust',
      anew: 'Choose new words',
      anewHint: 'If somebody may have seen the old ones',
    },
  },
}
