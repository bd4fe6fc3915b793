/** Columns of PAN-OS logs in their order, '' for those kept for later use ("Syslog Field Descriptions"). */
const head = ',receive_time,serial,type,subtype,,time_generated';
const session = `${head},src,dst,natsrc,natdst,rule,srcuser,dstuser,app,vsys,from,to,inbound_if,outbound_if,logset,,sessionid,repeatcnt,sport,dport,natsport,natdport,flags,proto,action`;
const groups = 'dg_hier_level_1,dg_hier_level_2,dg_hier_level_3,dg_hier_level_4,vsys_name,device_name';

const columns: Readonly<Record<string, readonly string[]>> = {
  TRAFFIC:
    `${session},bytes,bytes_sent,bytes_received,packets,start,elapsed,category,,seqno,actionflags,srcloc,dstloc,,pkts_sent,pkts_received,session_end_reason,${groups},action_source`.split(
      ',',
    ),
  THREAT:
    `${session},misc,threatid,category,severity,direction,seqno,actionflags,srcloc,dstloc,,contenttype,pcap_id,filedigest,cloud,url_idx,user_agent,filetype,xff,referer,sender,subject,recipient,reportid,${groups},,src_uuid,dst_uuid,http_method`.split(
      ',',
    ),
  SYSTEM: `${head},vsys,eventid,object,,,module,severity,opaque,seqno,actionflags,${groups}`.split(','),
  GLOBALPROTECT:
    `${head},vsys,eventid,stage,auth_method,tunnel_type,srcuser,srcregion,machinename,public_ip,public_ipv6,private_ip,private_ipv6,hostid,serialnumber,client_ver,client_os,client_os_ver,repeatcnt,reason,error,opaque,status,location,login_duration,connect_method,error_code,portal,seqno,actionflags`.split(
      ',',
    ),
  AUTHENTICATION:
    `${head},vsys,ip,user,normalize_user,object,authpolicy,repeatcnt,authid,vendor,logset,serverprofile,desc,clienttype,event,factorno,seqno,actionflags,${groups}`.split(
      ',',
    ),
  USERID:
    `${head},vsys,ip,user,datasourcename,eventid,repeatcnt,timeout,beginport,endport,datasource,datasourcetype,seqno,actionflags,${groups}`.split(
      ',',
    ),
};
const configHead = `${head},host,vsys,cmd,admin,client,result,path`;
const config = `${configHead},seqno,actionflags,${groups}`.split(',');
const configWithDetails = `${configHead},before_change_detail,after_change_detail,seqno,actionflags,${groups}`.split(
  ',',
);
const other = head.split(',');

/** Names of a log's columns by its type. A CONFIG log has its two details only where they are switched on. */
export function columnsOf(type: string, cells: readonly string[]): readonly string[] {
  if (type === 'CONFIG') return (cells[15] ?? '').startsWith('0x') ? config : configWithDetails;
  return Object.hasOwn(columns, type) ? (columns[type] ?? other) : other;
}
