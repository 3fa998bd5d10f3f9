package dev.lethe.api.resource;

import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes a pod wants, and beside which pods: the commonly used part of a pod's own {@code affinity}, under the same
 * names.
 *
 * @param nodeAffinity by the labels of nodes
 * @param podAffinity beside pods of these labels
 * @param podAntiAffinity away from pods of these labels
 */
public record Affinity(
        @Nullable NodeAffinity nodeAffinity, @Nullable PodAffinity podAffinity, @Nullable PodAffinity podAntiAffinity) {
    /**
     * Which nodes, by their labels.
     *
     * @param requiredDuringSchedulingIgnoredDuringExecution what a node must have
     * @param preferredDuringSchedulingIgnoredDuringExecution what a node should have
     */
    public record NodeAffinity(
            @Nullable NodeTerms requiredDuringSchedulingIgnoredDuringExecution,
            @Size(max = 8) @Nullable List<PreferredNodes> preferredDuringSchedulingIgnoredDuringExecution) {}

    /**
     * Kinds of nodes that will do.
     *
     * @param nodeSelectorTerms one of them must hold
     */
    public record NodeTerms(@Size(min = 1, max = 8) List<NodeTerm> nodeSelectorTerms) {}

    /**
     * A kind of node.
     *
     * @param matchExpressions all of them must hold
     */
    public record NodeTerm(@Size(min = 1, max = 8) List<NodeRequirement> matchExpressions) {}

    /**
     * A kind of node, and how much it is wanted.
     *
     * @param weight added to the score of such a node
     * @param preference the kind
     */
    public record PreferredNodes(@Min(1) @Max(100) int weight, NodeTerm preference) {}

    /**
     * What a label must be.
     *
     * @param key the label's key
     * @param operator how its value is compared
     * @param values what it is compared with
     */
    public record NodeRequirement(
            @Pattern(Syntax.LABEL_KEY) @Size(max = Syntax.LABEL_KEY_LENGTH) String key,
            @OneOf({"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"}) String operator,
            @Size(max = 32) @Nullable List<@Pattern(Syntax.LABEL) @Size(max = Syntax.LABEL_LENGTH) String> values) {}

    /**
     * Beside which pods, or away from which.
     *
     * @param requiredDuringSchedulingIgnoredDuringExecution all of them must hold
     * @param preferredDuringSchedulingIgnoredDuringExecution what should hold
     */
    public record PodAffinity(
            @Size(max = 8) @Nullable List<PodTerm> requiredDuringSchedulingIgnoredDuringExecution,
            @Size(max = 8) @Nullable List<PreferredPods> preferredDuringSchedulingIgnoredDuringExecution) {}

    /**
     * Pods of a kind in the resource's namespace, and what counts as beside.
     *
     * @param labelSelector the kind of pod
     * @param topologyKey nodes with the same value of this label are beside each other
     */
    public record PodTerm(
            PodLabels labelSelector,
            @Pattern(Syntax.LABEL_KEY) @Size(max = Syntax.LABEL_KEY_LENGTH) String topologyKey) {}

    /**
     * Pods of a kind, and how much it is wanted that they are near or far.
     *
     * @param weight added to the score of such a node
     * @param podAffinityTerm the kind, and what counts as beside
     */
    public record PreferredPods(@Min(1) @Max(100) int weight, PodTerm podAffinityTerm) {}

    /**
     * A kind of pod.
     *
     * @param matchLabels labels that the pod has
     */
    public record PodLabels(
            @Size(min = 1, max = 16)
                    Map<String, @Pattern(Syntax.LABEL) @Size(max = Syntax.LABEL_LENGTH) String> matchLabels) {}
}
