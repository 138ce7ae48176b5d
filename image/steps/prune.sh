# What Debian's packages bring and an appliance never uses. The list of packages and their licences
# were taken before.
# shellcheck shell=bash

prune() {
    local lib=$ROOT/usr/lib share=$ROOT/usr/share arch=$ROOT/usr/lib/x86_64-linux-gnu
    # Perl, package tools, and what only installing needs.
    rm -rf "$lib"/x86_64-linux-gnu/perl* "$share"/perl* "$ROOT"/usr/bin/{perl*,cpan*,dpkg*,deb*,apt*,update-alternatives} "$arch"/libperl.so* \
        "$lib"/{dpkg,apt,init} "$share"/{dpkg,debconf,debianutils,bug,lintian,doc,doc-base,info,man,locale,i18n,menu,base-files,pam-configs,initramfs-tools} \
        "$ROOT"/etc/{apt,dpkg,alternatives,cron.daily,cron.d,cron.weekly,init.d,rc*.d,rcS.d,default/grub*,grub.d,logrotate.d,kernel,skel,pam.conf.d,apparmor.d}
    # GRUB's tools, but for the one that writes its memory.
    find "$ROOT"/usr/bin "$ROOT"/usr/sbin -name 'grub-*' ! -name grub-editenv -delete
    rm -rf "$share"/grub "$lib"/grub "$ROOT"/etc/grub.d "$arch"/libfreetype.so* "$arch"/libbrotlienc.so*
    # Descriptions of hardware, shells' completions, character sets, sounds, pictures.
    rm -rf "$lib"/udev/hwdb.d "$lib"/udev/hwdb.bin "$share"/{bash-completion,zsh,icons,pixmaps,applications,gdb,gcc,polkit-1,common-licenses} \
        "$arch"/gconv "$lib"/locale "$arch"/libdb-5.3.so* "$arch"/libmvec.so* "$lib"/systemd/catalog "$lib"/kernel "$lib"/systemd/boot "$share"/systemd/language-fallback-map
    rm -rf "$share"/zoneinfo/{right,posix} "$share"/sounds "$share"/alsa/speaker-test
    # What belongs to log-ins, containers, homes, core dumps, portable services.
    rm -f "$ROOT"/usr/sbin/{ldconfig,dmsetup,blkdeactivate,dmstats,e4crypt,e2scrub*,mklost+found} \
        "$ROOT"/usr/bin/{systemd-nspawn,systemd-dissect,systemd-cryptenroll,systemd-sysext,systemd-cgtop,localedef,iconv,zdump,lto-dump}
    find "$ROOT"/usr/lib/systemd/system "$ROOT"/etc/systemd/system \( -name 'e2scrub*' -o -name 'dpkg-*' -o -name 'apt-*' -o -name 'grub-common*' -o -name 'blk-availability*' \) -delete
    # Every device goes through every rule: those for what no appliance has, or for what was pruned here.
    (cd "$lib/udev/rules.d" && rm -f ./*-dm*.rules 60-{autosuspend,cdrom_id,drm,fido-id,infiniband,persistent-v4l,persistent-storage-tape,sensor}.rules 64-btrfs.rules \
        70-{camera,joystick,memory,mouse,touchpad,uaccess}.rules 73-seat-late.rules 75-probe_mtd.rules 90-{fwupd,vconsole}*.rules)
    # What has lost a library by this, and what belongs to package tools.
    rm -rf "$ROOT"/usr/sbin/arpd "$ROOT"/usr/bin/{rdma,ptx} "$arch"/{sasl2,tc} "$lib"/{lsb,mime,sasl2} "$arch"/security/pam_userdb.so \
        "$share"/{java,maven-repo,dict,tabset,apport,misc,pkgconfig,base-passwd}
    find "$ROOT"/usr -name '*.la' -delete -o -name '*.a' -delete
}
