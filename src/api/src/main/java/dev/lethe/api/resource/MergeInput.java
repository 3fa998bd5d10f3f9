package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One adapter or model of a merge.
 *
 * @param name the input's name, in results and errors
 * @param uri its folder: {@code pvc://CLAIM/PATH} in a cluster; on a laptop {@code file:PATH}, or a place from which it is fetched first
 * @param digest {@code sha256:HEX} that the content must have; a difference refuses the stage
 * @param weight its factor in the merge
 * @param density share of its entries that trimming keeps, in place of the merge's; not for {@code peft}
 * @param tensors weight and density where they differ between tensors or layers, the first that fits a tensor and says it; not
 *     for {@code peft}
 */
@ValidationRule(
        value = "!self.uri.matches('" + Syntax.CLIMBS + "')",
        fieldPath = ".uri",
        message = "a path may not contain '..', but one on this machine")
public record MergeInput(
        @Pattern(Syntax.NAME) @Size(max = Syntax.LABEL_LENGTH) String name,
        @Pattern(Syntax.URI) @Size(max = Syntax.URI_LENGTH) String uri,
        @Pattern(Syntax.DIGEST) @Size(max = Syntax.DIGEST_LENGTH) @Nullable String digest,
        @Min(-100) @Max(100) @Default("1") @Nullable Double weight,
        @Min(0) @Max(1) @Nullable Double density,
        @Size(min = 1, max = 16) @Nullable List<TensorSetting> tensors) {
    /** One that counts the same everywhere. */
    public static MergeInput of(String name, String uri, @Nullable String digest, @Nullable Double weight) {
        return new MergeInput(name, uri, digest, weight, null, null);
    }

    /** The same with another weight. */
    public MergeInput withWeight(double other) {
        return new MergeInput(name, uri, digest, other, density, tensors);
    }

    MergeInput withUri(UnaryOperator<String> change) {
        return new MergeInput(name, change.apply(uri), digest, weight, density, tensors);
    }
}
