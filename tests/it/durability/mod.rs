//! Crashes, full and lost disks, keys, upgrades and backups.

mod backup;
mod backup_files;
mod backup_ways;
mod contention;
mod full_disk;
mod key;
mod lost_disk;
mod lost_key;
mod upgrade;
mod writes;
