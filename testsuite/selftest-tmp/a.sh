modprobe fou
ip/tun fou add port 5555 ipproto gre
ip/tun --dry-run fou del port 5555
ip/tun fou show
ip/tun fou del port 5555
