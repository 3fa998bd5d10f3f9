package dev.lethe.operator.progress;

import dev.lethe.api.stage.ProgressPost;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/**
 * Whether tokens are what they say, by the API server's word. Its yes is remembered for a minute and its no as well; each in
 * so many, the oldest making room, so that refused tokens never push out those of workers.
 */
final class Callers {
    private static final Duration MEMORY = Duration.ofMinutes(1);
    private static final int MOST_ACCEPTED = 10_000;
    private static final int MOST_REFUSED = 1_000;
    private static final String POD_NAME = "authentication.kubernetes.io/pod-name";
    private static final String POD_UID = "authentication.kubernetes.io/pod-uid";

    private final KubernetesClient client;
    private final Clock clock;
    private final Recent<String, Instant> accepted = new Recent<>(MOST_ACCEPTED);
    private final Recent<String, Instant> refused = new Recent<>(MOST_REFUSED);

    Callers(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /**
     * Whether the API server accepts the token for our audience, and as that pod's.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if it cannot be asked
     */
    boolean vouchedFor(String token, TokenClaims claims) {
        var key = digest(token);
        var now = clock.instant();
        if (accepted.get(key).filter(now::isBefore).isPresent()) {
            return true;
        }
        if (refused.get(key).filter(now::isBefore).isPresent()) {
            return false;
        }
        var vouched = review(token, claims);
        (vouched ? accepted : refused).put(key, now.plus(MEMORY));
        return vouched;
    }

    private boolean review(String token, TokenClaims claims) {
        TokenReview asked = new TokenReviewBuilder()
                .withNewSpec()
                .withToken(token)
                .withAudiences(ProgressPost.AUDIENCE)
                .endSpec()
                .build();
        var status = client.resource(asked).create().getStatus();
        return status != null
                && Boolean.TRUE.equals(status.getAuthenticated())
                && status.getAudiences() != null
                && status.getAudiences().contains(ProgressPost.AUDIENCE)
                && status.getUser().getUsername().startsWith("system:serviceaccount:" + claims.namespace() + ":")
                && has(status.getUser(), POD_NAME, claims.pod())
                && has(status.getUser(), POD_UID, claims.podUid());
    }

    private static boolean has(UserInfo user, String name, String value) {
        return user.getExtra() != null && List.of(value).equals(user.getExtra().get(name));
    }

    /** Tokens themselves are not kept. */
    private static String digest(String token) {
        try {
            var bytes = token.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
