package io.github.qwen3tts.server;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Recognises addresses of the public internet; a client must not make the server connect to any other. */
final class PublicAddresses {

    private PublicAddresses() {}

    static boolean contains(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? isPublic4(bytes) : isPublic6(bytes);
    }

    /** RFC 6890 and its successors: what is not globally reachable. */
    private static boolean isPublic4(byte[] b) {
        int first = b[0] & 0xff;
        int second = b[1] & 0xff;
        int third = b[2] & 0xff;
        boolean shared = first == 100 && second >= 64 && second < 128;
        boolean protocol = first == 192 && second == 0 && (third == 0 || third == 2);
        boolean relay = first == 192 && second == 88 && third == 99;
        boolean benchmark = first == 198 && (second == 18 || second == 19);
        boolean documentation =
                first == 198 && second == 51 && third == 100 || first == 203 && second == 0 && third == 113;
        return first != 0 && first < 240 && !shared && !protocol && !relay && !benchmark && !documentation;
    }

    /** Global unicast but for what wraps an IPv4 address or is not routed. */
    private static boolean isPublic6(byte[] b) {
        boolean global = (b[0] & 0xe0) == 0x20;
        boolean special = b[0] == 0x20 && b[1] == 0x01 && b[2] < 0x02 && b[2] >= 0; // 2001::/23, Teredo in it
        boolean documentation = b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == (byte) 0xb8;
        boolean documentationToo = b[0] == 0x3f && b[1] == (byte) 0xff && (b[2] & 0xf0) == 0;
        boolean sixToFour = b[0] == 0x20 && b[1] == 0x02;
        return global && !special && !documentation && !documentationToo && !sixToFour;
    }
}
