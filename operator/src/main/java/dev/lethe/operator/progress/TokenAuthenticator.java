package dev.lethe.operator.progress;

import dev.lethe.api.document.Sha256;
import dev.lethe.api.stage.ProgressPost;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Has the API server review tokens, and caches its answers for a minute. Accepted and refused tokens have a cache each, so
 * that strangers cannot push the workers' tokens out.
 */
final class TokenAuthenticator {
    private static final Duration CACHED_FOR = Duration.ofMinutes(1);
    private static final int MAX_ACCEPTED = 10_000;
    private static final int MAX_REFUSED = 1_000;
    private static final String POD_NAME = "authentication.kubernetes.io/pod-name";
    private static final String POD_UID = "authentication.kubernetes.io/pod-uid";

    private final KubernetesClient client;
    private final Clock clock;
    private final BoundedCache<String, Instant> accepted = new BoundedCache<>(MAX_ACCEPTED);
    private final BoundedCache<String, Instant> refused = new BoundedCache<>(MAX_REFUSED);

    TokenAuthenticator(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /**
     * Whether the API server accepts the token for our audience, and as that pod's.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException if it cannot be asked
     */
    boolean accepts(String token, TokenClaims claims) {
        var key = Sha256.hex(token); // the caches must not hold the token itself
        var now = clock.instant();
        if (accepted.get(key).filter(now::isBefore).isPresent()) {
            return true;
        }
        if (refused.get(key).filter(now::isBefore).isPresent()) {
            return false;
        }
        var valid = review(token, claims);
        (valid ? accepted : refused).put(key, now.plus(CACHED_FOR));
        return valid;
    }

    private boolean review(String token, TokenClaims claims) {
        TokenReview review = new TokenReviewBuilder()
                .withNewSpec()
                .withToken(token)
                .withAudiences(ProgressPost.AUDIENCE)
                .endSpec()
                .build();
        var status = client.resource(review).create().getStatus();
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
}
