package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Something that a stage reads.
 *
 * @param uri where it is: {@code pvc://CLAIM/PATH} in a cluster; on a laptop {@code file:PATH}, or a place from which it is fetched first
 * @param digest {@code sha256:HEX} that the content must have; a difference refuses the stage
 */
@ValidationRule(
        value = "!self.uri.matches('" + Syntax.CLIMBS + "')",
        fieldPath = ".uri",
        message = "a path may not contain '..', but one on this machine")
public record Source(
        @Pattern(Syntax.URI) @Size(max = Syntax.URI_LENGTH) String uri,
        @Pattern(Syntax.DIGEST) @Size(max = Syntax.DIGEST_LENGTH) @Nullable String digest) {
    public static Source of(String uri) {
        return new Source(uri, null);
    }

    /** The same content at another place. */
    public Source withUri(UnaryOperator<String> change) {
        return new Source(change.apply(uri), digest);
    }

    /** The same, whose content must have that digest; as it was where none is known. */
    public Source pinned(@Nullable String known) {
        return known == null ? this : new Source(uri, known);
    }

    static @Nullable Source changed(@Nullable Source source, UnaryOperator<String> change) {
        return source == null ? null : source.withUri(change);
    }
}
