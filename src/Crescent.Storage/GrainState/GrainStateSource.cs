using System.Data.Common;

namespace Crescent.Storage.GrainState;

/// <summary>Connections to where grain state, reminders and membership are, for the options of Orleans's AdoNet providers.</summary>
public abstract class GrainStateSource : DbDataSource
{
    /// <summary>Orleans's name of the library behind the connections.</summary>
    public abstract string Invariant { get; }
}
