package dev.lethe.operator.progress;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lethe.api.stage.ProgressPost;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The unverified claims of a service account token that is bound to a pod (KEP-1205). They suffice to refuse a token without
 * asking the API server, and never to accept one.
 */
record TokenClaims(String namespace, String pod, String podUid, Instant expiry) {
    /** How far the API server's clock and ours may differ. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    private static final int PARTS = 3;
    private static final ObjectMapper JSON = new ObjectMapper();

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Payload(
            @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable List<String> aud,
            @Nullable Long exp,
            @JsonProperty("kubernetes.io") @Nullable Kubernetes kubernetes) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Kubernetes(@Nullable String namespace, @Nullable BoundPod pod) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record BoundPod(@Nullable String name, @Nullable String uid) {}

    /** Empty where the text is no token of a pod for our audience, or an expired one. */
    static Optional<TokenClaims> read(String token, Instant now) {
        var parts = token.split("\\.", -1);
        if (parts.length != PARTS) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(JSON.readValue(Base64.getUrlDecoder().decode(parts[1]), Payload.class))
                    .filter(payload -> payload.aud != null && payload.aud.contains(ProgressPost.AUDIENCE))
                    .flatMap(TokenClaims::of)
                    .filter(claims -> now.isBefore(claims.expiry.plus(SKEW)));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<TokenClaims> of(Payload payload) {
        var bound = payload.kubernetes;
        if (payload.exp == null
                || payload.exp < 0
                || payload.exp > Instant.MAX.minus(SKEW).getEpochSecond()
                || bound == null
                || bound.namespace == null
                || bound.pod == null
                || bound.pod.name == null
                || bound.pod.uid == null) {
            return Optional.empty();
        }
        return Optional.of(
                new TokenClaims(bound.namespace, bound.pod.name, bound.pod.uid, Instant.ofEpochSecond(payload.exp)));
    }
}
