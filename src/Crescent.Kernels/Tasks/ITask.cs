using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Tasks;

/// <summary>A task: what is dealt, how tries are judged, and what training shows. Everything is a function of the options and of the random streams handed in; safe to use from any thread.</summary>
public interface ITask
{
    TaskFormat Format { get; }

    /// <summary>Tokens as text for people.</summary>
    string Text(ReadOnlySpan<int> tokens);

    /// <summary>The deals of a variant in clusters, in playing order.</summary>
    IReadOnlyList<IDealCluster> Clusters(EvaluationVariant variant);

    /// <summary>How many different fine-tuning examples there are; null: more than any data set holds.</summary>
    long? FineTuningPairs { get; }

    /// <summary>A fresh deal to train on.</summary>
    ITaskDeal Draw(RandomStream random, EvaluationVariant variant);

    /// <summary>A fresh training example.</summary>
    /// <param name="corruption">Share of the answers that are wrong, where the kind has such; between 0 and 1.</param>
    TrainingExample Example(ExampleKind kind, RandomStream random, double corruption);
}

/// <summary>What a training example shows.</summary>
public enum ExampleKind
{
    /// <summary>What the task's notation means, under any rule.</summary>
    Map,

    /// <summary>A part of the skill.</summary>
    Eval,

    /// <summary>The skill outside the task's own form; clean.</summary>
    Solve,

    /// <summary>A deal under any rule, and an answer.</summary>
    Deal,

    /// <summary>The same after failed tries with feedback.</summary>
    Revision,

    /// <summary>A deal of the variant trained on, and a reference answer.</summary>
    FineTuning,
}

/// <summary>One question of a task: cards, a waypoint of a route, a matrix.</summary>
public interface ITaskDeal
{
    /// <summary>The numbers that name it among all deals of its variant; part of evaluation records.</summary>
    int[] Cards { get; }

    /// <summary>Deals that share it are not independent of each other: one multiset of values, one route.</summary>
    string Cluster { get; }

    int[] Prompt();

    Judgement Judge(ReadOnlySpan<int> answer);

    /// <summary>What the model reads after a failed try.</summary>
    int[] Feedback(Judgement judgement);
}

/// <summary>Deals that share a cluster.</summary>
public interface IDealCluster
{
    string Name { get; }

    /// <summary>Names the random stream of its deals.</summary>
    uint Number { get; }

    /// <summary>Different deals of the cluster, up to the number wanted; some clusters have fewer.</summary>
    IReadOnlyList<ITaskDeal> Deals(RandomStream random, int wanted);
}
