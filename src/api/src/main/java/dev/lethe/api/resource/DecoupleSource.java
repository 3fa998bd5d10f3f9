package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A file of rows that put the instructions of forget rows into harmless contexts: JSON Lines, JSON, CSV or Parquet.
 *
 * @param uri where it is: {@code pvc://CLAIM/PATH} in a cluster; on a laptop {@code file:PATH}, or a place from which it is fetched first
 * @param digest {@code sha256:HEX} that the content must have; a difference refuses the stage
 * @param columns the fields whose names are none of those that are known
 * @param answers who answers the prompts: {@code given}, when absent: the rows have normal answers; {@code model}: the model itself,
 *     before it is trained. Then rows need no answers, and those that they have are not read; what the model refuses, and what
 *     is no answer, is left out
 */
@ValidationRule(
        value = "!self.uri.matches('" + Syntax.CLIMBS + "')",
        fieldPath = ".uri",
        message = "a path may not contain '..', but one on this machine")
public record DecoupleSource(
        @Pattern(Syntax.URI) @Size(max = Syntax.URI_LENGTH) String uri,
        @Pattern(Syntax.DIGEST) @Size(max = Syntax.DIGEST_LENGTH) @Nullable String digest,
        @Nullable RowColumns columns,
        @OneOf({"given", "model"}) @Nullable String answers) {
    /** The file, whoever answers. */
    public RowsSource rows() {
        return new RowsSource(uri, digest, columns);
    }

    /** Whether the model answers the prompts. */
    public boolean selfDistilled() {
        return "model".equals(answers);
    }

    static @Nullable DecoupleSource changed(@Nullable DecoupleSource source, UnaryOperator<String> change) {
        return source == null
                ? null
                : new DecoupleSource(change.apply(source.uri), source.digest, source.columns, source.answers);
    }
}
