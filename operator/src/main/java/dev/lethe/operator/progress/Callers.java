package dev.lethe.operator.progress;

import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who a token belongs to, by the API server's word, which is remembered for a minute. */
final class Callers {
    static final String AUDIENCE = "lethe-progress";

    private static final Duration MEMORY = Duration.ofMinutes(1);
    private static final int MAX_REMEMBERED = 10_000;
    private static final String POD_NAME = "authentication.kubernetes.io/pod-name";
    private static final String POD_UID = "authentication.kubernetes.io/pod-uid";
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

    /**
     * Whose token it is.
     *
     * @param pod the pod that the token is bound to; absent where it is bound to none
     */
    record Caller(String namespace, @Nullable String pod, @Nullable String podUid) {}

    private record Known(Caller caller, Instant until) {}

    private final KubernetesClient client;
    private final Clock clock;
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    Callers(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** Empty where the API server does not accept the token for our audience. */
    Optional<Caller> of(String token) {
        var key = digest(token);
        var now = clock.instant();
        var remembered = known.get(key);
        if (remembered != null && now.isBefore(remembered.until)) {
            return Optional.of(remembered.caller);
        }
        var caller = review(token);
        known.values().removeIf(it -> !now.isBefore(it.until));
        if (known.size() < MAX_REMEMBERED) {
            caller.ifPresent(it -> known.put(key, new Known(it, now.plus(MEMORY))));
        }
        return caller;
    }

    private Optional<Caller> review(String token) {
        TokenReview asked = new TokenReviewBuilder()
                .withNewSpec()
                .withToken(token)
                .withAudiences(AUDIENCE)
                .endSpec()
                .build();
        var status = client.resource(asked).create().getStatus();
        if (status == null
                || !Boolean.TRUE.equals(status.getAuthenticated())
                || status.getAudiences() == null
                || !status.getAudiences().contains(AUDIENCE)
                || !status.getUser().getUsername().startsWith(SERVICE_ACCOUNT)) {
            return Optional.empty();
        }
        var user = status.getUser();
        var namespace = user.getUsername().substring(SERVICE_ACCOUNT.length()).split(":", 2)[0];
        var extra = user.getExtra() == null ? Map.<String, List<String>>of() : user.getExtra();
        return Optional.of(new Caller(namespace, first(extra, POD_NAME), first(extra, POD_UID)));
    }

    private static @Nullable String first(Map<String, List<String>> extra, String name) {
        var values = extra.get(name);
        return values == null || values.isEmpty() ? null : values.getFirst();
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
