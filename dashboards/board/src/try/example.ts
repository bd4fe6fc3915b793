/** Something to see on the first visit: our own rule, and a line it meets. */
import type { Trial } from './judge.ts';

export const example: Pick<Trial, 'rule' | 'line'> = {
  rule: `title: PowerShell started with an encoded command by an Office program
id: 0b6c8f0e-6d0f-4a60-9a0c-8a7d0f3f6b11
status: experimental
description: An Office program starts PowerShell with a command nobody is meant to read.
author: Vọng Gác
date: 2026-11-22
tags:
  - attack.execution
  - attack.t1059.001
logsource:
  product: windows
  category: process_creation
detection:
  selection_image:
    Image|endswith:
      - '\\powershell.exe'
      - '\\pwsh.exe'
    ParentImage|endswith:
      - '\\winword.exe'
      - '\\excel.exe'
      - '\\outlook.exe'
  selection_option:
    CommandLine|contains|windash:
      - ' -enc'
      - ' -e '
  filter_main_inventory:
    CommandLine|contains: '\\inventory-agent\\'
  condition: all of selection_* and not 1 of filter_main_*
falsepositives:
  - Macros of an in-house program
level: high
`,
  line: JSON.stringify({
    EventID: 1,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Provider_Name: 'Microsoft-Windows-Sysmon',
    Computer: 'VP-UBND-07',
    Image: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
    CommandLine: 'powershell.exe -NoP -W Hidden /enc SQBFAFgA',
    ParentImage: 'C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE',
    User: 'UBND\\hanh.nt',
    UtcTime: '2026-11-22 02:14:07.512',
  }),
};
