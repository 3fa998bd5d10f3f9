package dev.lethe.worker.stage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HMAC-SHA-256 with a key that the attempts at one stage share and the volume does not have ({@link
 * dev.lethe.api.stage.StageFile#chain}): it tells an attempt what an earlier one wrote from what somebody else wrote.
 */
record HmacSeal(String chain) {
    /** The seal of a finished output, as 64 hex digits. */
    String ofOutput(String resultDigest) {
        return mac("output " + resultDigest);
    }

    /** The seal of one line of an evaluation's answers, by its place. */
    String ofAnswer(String journal, int line, String answer) {
        return mac("answer %s %d %s".formatted(journal, line, answer));
    }

    /** Whether a seal is the one of that answer. */
    boolean isOfAnswer(String journal, int line, String answer, String seal) {
        return equal(ofAnswer(journal, line, answer), seal);
    }

    /** A name for the stage that reveals nothing of the chain: 12 hex digits. */
    String name() {
        return mac("name").substring(0, 12);
    }

    /** Whether a seal is the one of that output, compared in constant time. */
    boolean isOfOutput(String resultDigest, String seal) {
        return equal(ofOutput(resultDigest), seal);
    }

    private static boolean equal(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
    }

    private String mac(String text) {
        return HexFormat.of().formatHex(bytes(text));
    }

    private byte[] bytes(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(chain.getBytes(UTF_8), "HmacSHA256"));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
