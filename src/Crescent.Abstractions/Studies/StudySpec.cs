using System.Text.Json.Nodes;

namespace Crescent.Abstractions.Studies;

/// <summary>A study as people write it: a base document of an experiment, axes of what differs, and seeds. Every combination of one choice of each axis is a cell; each cell runs once a seed.</summary>
/// <param name="Base">Document of an experiment without name, question and seed; usually a preset and a few fields.</param>
/// <param name="Axes">None: one cell.</param>
/// <param name="Seeds">Each varies base, SFT and RL together.</param>
/// <param name="MaxRunning">Experiments under way at a time.</param>
/// <param name="MaxJobs">Jobs of the study that workers run at a time; null: as many as there are slots.</param>
public sealed record StudySpec(string Name, string Question, JsonObject Base, IReadOnlyList<StudyAxis> Axes, IReadOnlyList<ulong> Seeds, int MaxRunning, int? MaxJobs);

/// <summary>What differs between cells: a field with its values (grid), or named changes (list).</summary>
public sealed record StudyAxis(string Name, IReadOnlyList<StudyChoice> Choices);

/// <param name="Label">As it stands in the cell's name: <c>0.0003</c>, <c>eksft</c>.</param>
/// <param name="Changes">Laid over the base document.</param>
public sealed record StudyChoice(string Label, JsonObject Changes);
