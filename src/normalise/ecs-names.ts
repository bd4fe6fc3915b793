/**
 * Names of the Elastic Common Schema and the fields that mean the same, the nearest first: Sigma's taxonomy, then what the
 * sources call it. A name that is in neither needs no alias: it is found as it is.
 */
export const ecsSources: Readonly<Record<string, readonly string[]>> = {
  'source.ip': [
    ...['source.ip', 'c-ip', 'src_ip', 'SourceIp', 'IpAddress', 'SourceAddress', 'srcip', 'client_ip', 'id.orig_h'],
    ...['sourceIPAddress', 'client', 'addr', 'src', 'rhost', 'clientip', 'remote_addr', 'ClientIP', 'ip'],
  ],
  'source.port': [
    ...['source.port', 'src_port', 'c-port', 'SourcePort', 'IpPort', 'srcport', 'client_port', 'id.orig_p', 'spt'],
  ],
  'destination.ip': [
    ...['destination.ip', 's-ip', 'dst_ip', 'DestinationIp', 'DestAddress', 'dstip', 'id.resp_h', 'dest_ip', 'dst'],
  ],
  'destination.port': [
    ...[
      'destination.port',
      's-port',
      'dst_port',
      'DestinationPort',
      'DestPort',
      'dstport',
      'id.resp_p',
      'dest_port',
      'dpt',
    ],
  ],
  'destination.domain': ['destination.domain', 'DestinationHostname', 'cs-host', 'dest_host'],
  'user.name': [
    ...[
      'user.name',
      'cs-username',
      'user',
      'acct',
      'TargetUserName',
      'SubjectUserName',
      'User',
      'username',
      'user_name',
    ],
    ...['UserName', 'srcuser', 'suser', 'account', 'ACCT'],
  ],
  'user.id': ['user.id', 'user_id', 'TargetUserSid', 'Security_UserID'],
  'user.effective.name': ['user.effective.name', 'target_user'],
  'group.name': ['group.name', 'group'],
  'event.action': ['event.action', 'action', 'act', 'EventType', 'Operation', 'eventName'],
  'event.code': ['event.code', 'EventID', 'code'],
  'event.provider': ['event.provider', 'Provider_Name'],
  'log.level': ['log.level', 'level', 'severity'],
  'url.original': ['url.original', 'cs-uri', 'c-uri', 'r-dns-uri', 'url'],
  'url.path': ['url.path', 'cs-uri-stem'],
  'url.domain': ['url.domain', 'cs-host'],
  'http.request.method': ['http.request.method', 'cs-method', 'method'],
  'http.request.referrer': ['http.request.referrer', 'cs-referer'],
  'http.response.status_code': ['http.response.status_code', 'sc-status', 'status_code'],
  'http.response.body.bytes': ['http.response.body.bytes', 'sc-bytes'],
  'user_agent.original': ['user_agent.original', 'cs-user-agent', 'c-useragent', 'user_agent'],
  'process.name': ['process.name', 'program', 'syslog.program', 'comm'],
  'process.executable': ['process.executable', 'Image', 'exe', 'NewProcessName'],
  'process.command_line': ['process.command_line', 'CommandLine', 'command'],
  'process.pid': ['process.pid', 'ProcessId', 'pid', 'syslog.pid'],
  'process.parent.executable': ['process.parent.executable', 'ParentImage', 'ParentProcessName'],
  'dns.question.name': ['dns.question.name', 'QueryName'],
  'dns.question.type': ['dns.question.type', 'QueryType', 'qtype_name'],
  'file.path': ['file.path', 'TargetFilename', 'ObjectName', 'file'],
  'email.from.address': ['email.from.address', 'mail_from'],
  'email.to.address': ['email.to.address', 'mail_to'],
};

/** Names that mean this only where the event is about names: elsewhere a query is a statement of SQL. */
export const ecsDnsSources: Readonly<Record<string, readonly string[]>> = {
  'dns.question.name': ['query'],
  'dns.question.type': ['record_type'],
};
