"""Refusals of an installation as a whole: its database, its keys, its chains of events, its backup."""

from rules.refusals import Reason, register

register(
    Reason(
        "home-unwritable",
        "G2",
        "无法写入文件夹 {folder}（{why}）。",
        "The folder {folder} cannot be written ({why}).",
        "请检查权限，或用 BIYE_HOME 指定可写的文件夹；biye doctor 可逐项检查。",
        "Check its permissions, or name another folder with BIYE_HOME; biye doctor looks at everything.",
    ),
    Reason(
        "database-unreachable",
        "G2",
        "无法使用数据库 {address}：{why}",
        "The database {address} cannot be used: {why}",
        "请核对 BIYE_DATABASE_URL 和数据库服务；biye doctor 可逐项检查。",
        "Check BIYE_DATABASE_URL and the database server; biye doctor looks at everything.",
    ),
    Reason(
        "database-newer",
        "G2",
        "数据库由更新版本的 Biye 建立（{why}），本版本不能使用。",
        "A newer Biye made this database ({why}); this version cannot use it.",
        "请升级 Biye，或用备份恢复旧数据库。",
        "Upgrade Biye, or restore the older database from a backup.",
    ),
    Reason(
        "keys-missing",
        "G2",
        "缺少密钥文件 {file}，而数据库中已有用它处理的数据。",
        "The key file {file} is missing, but the database holds what was made with it.",
        "请从备份恢复 keys 文件夹，不要新建密钥。",
        "Restore the folder keys from a backup; do not make new keys.",
    ),
    Reason(
        "keys-other",
        "G2",
        "密钥 {file} 与数据库不符，无法解密证件号。",
        "The key {file} does not fit this database: ID numbers cannot be decrypted.",
        "请从同一次备份恢复 keys 文件夹和数据库。",
        "Restore the folder keys and the database from the same backup.",
    ),
    Reason(
        "verify-broken",
        "G2",
        "核验未通过：{count} 处不一致，首处在 {first}。",
        "The check failed: {count} places do not agree, the first is {first}.",
        "请保留现场，勿继续写入，并与备份逐条比对。",
        "Leave everything as it is, write nothing more, and compare with a backup.",
    ),
    Reason(
        "backup-destination",
        "G2",
        "不能备份到 {folder}：{why}。",
        "Cannot back up to {folder}: {why_en}.",
        "请指定一个尚不存在或为空、且不在 BIYE_HOME 之内的文件夹。",
        "Name a folder outside BIYE_HOME that does not exist yet or is empty.",
    ),
    Reason(
        "backup-no-pg-dump",
        "G2",
        "本机没有 pg_dump，无法备份 PostgreSQL 数据库。",
        "There is no pg_dump on this machine: the PostgreSQL database cannot be backed up.",
        "请安装 PostgreSQL 客户端，或在数据库服务器上运行：{command}",
        "Install PostgreSQL's client programs, or run on the database server: {command}",
    ),
    Reason(
        "backup-pg-dump-failed",
        "G2",
        "pg_dump 失败：{why}",
        "pg_dump failed: {why}",
        "请处理后重新备份；未完成的备份已删除。",
        "See to it and back up again; the unfinished backup was removed.",
    ),
)
